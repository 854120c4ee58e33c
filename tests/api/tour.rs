//! The tour of the README, run as it stands there.

use std::process::Stdio;

use tests::harness::STACK;
use tokio::{io::AsyncWriteExt as _, process::Command};

/// The shell blocks of the README's tour, as one script.
fn script() -> String {
    let readme = include_str!("../../README.md");
    let tour = readme.split("## A five-minute tour").nth(1).expect("the README has a tour");
    let tour = tour.split("\n## ").next().unwrap_or(tour);
    tour.split("```sh\n").skip(1).filter_map(|block| block.split("```").next()).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn the_tour_of_the_readme_runs_as_it_stands_there() {
    let mut shell = Command::new("bash")
        .args(["-euo", "pipefail", "-x", "-s"])
        .env("BASE", &STACK.url)
        .env("MAIL", &STACK.mail_url)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("bash starts");
    shell.stdin.take().expect("a pipe").write_all(script().as_bytes()).await.expect("the script is read");
    let done = shell.wait_with_output().await.expect("the script ends");
    let (out, err) = (String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    assert!(done.status.success(), "the tour stopped:\n{out}\n{err}");
}
