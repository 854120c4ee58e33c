//! The stack behind the terminal: detach, stop, status, logs, reset, migrate, seed.

use std::io::Write;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::cargo::{build_command, run};
use crate::environment::Environment;
use crate::family::{Family, Running};
use crate::place::Place;
use crate::say;
use crate::trouble::{During, Result, Trouble};
use crate::up::{end, read};

/// Starts this program again in the background and waits until it is ready.
pub(crate) async fn detach(place: &Place, arguments: &[&str]) -> Result<()> {
    let (step, log) = ("start in the background", place.log("dev"));
    if let Some(running) = Running::read(place).filter(|it| it.ready && it.supervised() && it.what != "services") {
        say::line(format!("ready http://localhost:{} (it ran already)", running.port));
        return Ok(());
    }
    std::fs::create_dir_all(place.logs()).during(step)?;
    // A stack that this one replaces goes on writing to the file that it has opened.
    let _ = std::fs::remove_file(&log);
    let out = std::fs::File::create(&log).during(step)?;
    let mut child = Command::new(std::env::current_exe().during(step)?)
        .args(["--port", &place.port.to_string(), "--copies", &place.copies.to_string()])
        .args(arguments)
        .arg("--own-session")
        .stdin(Stdio::null())
        .stdout(out.try_clone().during(step)?)
        .stderr(out)
        .spawn()
        .during(step)?;
    let mut shown = 0;
    loop {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let ended = child.try_wait().during(step)?;
        let running = Running::read(place).filter(|running| running.ready && running.supervised());
        let ready =
            running.is_some_and(|running| running.supervisor.is_some_and(|it| u32::try_from(it.pid) == Ok(child.id())));
        let text = std::fs::read(&log).during(step)?;
        std::io::stdout().write_all(&text[shown.min(text.len())..]).during(step)?;
        shown = text.len();
        if ready {
            return Ok(());
        }
        if let Some(status) = ended {
            return Err(Trouble::new(step, format!("it ended ({status}), see above")));
        }
    }
}

/// Ends the stack; that none runs is fine.
pub(crate) async fn stop(place: &Place) -> Result<()> {
    let Some(running) = Running::read(place) else {
        say::line("nothing runs");
        return Ok(());
    };
    end(place, &running).await?;
    say::line("stopped");
    Ok(())
}

/// Says what runs; whether all is well.
pub(crate) fn status(place: &Place) -> bool {
    let Some(running) = Running::read(place) else {
        say::line("nothing runs");
        return false;
    };
    let well = running.ready && running.supervised();
    let state = match (running.supervised(), running.ready) {
        (true, true) => "ready",
        (true, false) => "starting",
        (false, _) => "its supervisor is dead: ./scripts/dev stop cleans up",
    };
    say::line(format!("{} at http://localhost:{}: {state}", running.what, running.port));
    for member in running.members {
        let life = if member.identity.lives() { "runs" } else { "has ended" };
        say::line(format!("  {:<18} process {:<8} {life}", member.name, member.identity.pid));
    }
    well
}

/// Shows logs as they grow.
pub(crate) fn logs(place: &Place, name: Option<&str>) -> Result<()> {
    let step = "show the logs";
    let mut names: Vec<_> = std::fs::read_dir(place.logs()).during(step)?.flatten().map(|entry| entry.path()).collect();
    names.sort();
    if let Some(name) = name {
        let known: Vec<_> = names.iter().filter_map(|log| log.file_stem()?.to_str()).map(str::to_owned).collect();
        names.retain(|log| log.file_stem().is_some_and(|stem| stem == name));
        if names.is_empty() {
            return Err(
                Trouble::new(step, format!("there is no log {name}")).advice(format!("there are {}", known.join(", ")))
            );
        }
    }
    // Replaces this program; it comes back only with an error.
    Err(Command::new("tail").args(["-n", "40", "-F"]).args(names).exec()).during(step)
}

/// Ends the stack and forgets its data.
pub(crate) async fn reset(place: &Place) -> Result<()> {
    stop(place).await?;
    let data = place.data();
    match std::fs::remove_dir_all(&data) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(error).during("remove the data");
        }
        _ => say::line(format!("removed {}; ./scripts/dev makes it anew", data.display())),
    }
    Ok(())
}

/// Runs `migrate` or `seed` against the running stack's database.
pub(crate) async fn prepare(place: &Place, name: &'static str) -> Result<()> {
    let Some(running) = Running::read(place).filter(Running::supervised) else {
        let advice = "./scripts/dev --detach, or ./scripts/dev services --detach";
        return Err(Trouble::new(name, "no database runs").advice(advice));
    };
    // The record belongs to the running stack; this short-lived family keeps none.
    let aside = Place { port: running.port, ..place.clone() };
    let family = Family::unrecorded(&aside)?;
    let environment = Environment::prepare(&aside, &read(&aside)?)?;
    build_command(place, &family, name).await?;
    run(place, &family, &environment, name).await
}
