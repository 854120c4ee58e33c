//! One service of a running stack ended and started again, or held up, as in a fault: the stack does it itself, told through a
//! socket in its data folder.

use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};

use crate::family::Running;
use crate::place::Place;
use crate::say;
use crate::services::Services;
use crate::trouble::{During, Result, Trouble};

/// How long one word may take: a database that starts reads its log first.
const PATIENCE: Duration = Duration::from_mins(2);

/// The socket, by its name from the root of the repository, where every command runs: the whole path of a socket may
/// have no more than 107 bytes.
fn socket(place: &Place) -> PathBuf {
    let file = place.control_file();
    file.strip_prefix(&place.root).map(Path::to_owned).unwrap_or(file)
}

/// Obeys until it is dropped.
pub(crate) async fn serve(services: &Services) -> Result<()> {
    let step = "listen for words to single services";
    let socket = socket(services.place());
    let _ = std::fs::remove_file(&socket);
    let listener = UnixListener::bind(&socket).during(step)?;
    loop {
        // One word at a time: to stop and to start the same service at once has no meaning.
        let (stream, _) = listener.accept().await.during(step)?;
        // Whoever asked may have gone; what he asked for is done all the same.
        let _ = answer(stream, services).await;
    }
}

async fn answer(stream: UnixStream, services: &Services) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    let mut line = String::new();
    stream.read_line(&mut line).await?;
    let answer = match obey(line.trim(), services).await {
        Ok(()) => "done".to_owned(),
        Err(trouble) => trouble.to_string(),
    };
    stream.write_all(answer.as_bytes()).await?;
    stream.shutdown().await
}

async fn obey(words: &str, services: &Services) -> Result<()> {
    let (verb, name) = words.split_once(' ').unwrap_or((words, ""));
    let runs = || services.family().members().iter().any(|member| member.name == name);
    match verb {
        "start" if runs() => Err(Trouble::new("start", format!("{name} runs already"))),
        "start" => Box::pin(services.start(name)).await,
        "stop" | "kill" => {
            if services.family().end(name, verb == "kill").await == 0 {
                return Err(absent(verb, name));
            }
            say::notice(format!("{name} was told to end ({verb})"));
            Ok(())
        }
        "pause" | "resume" => {
            if services.family().hold(name, verb == "pause") == 0 {
                return Err(absent(verb, name));
            }
            say::notice(format!("{name} was told to {verb}"));
            Ok(())
        }
        _ => Err(Trouble::new("obey", format!("{words:?} is no word for a service"))),
    }
}

fn absent(verb: &str, name: &str) -> Trouble {
    Trouble::new(verb, format!("no {name} runs")).advice("./scripts/dev status lists what does")
}

/// Asks the running stack of a place.
pub(crate) async fn ask(place: &Place, verb: &str, name: &str) -> Result<()> {
    let step = format!("{verb} {name}");
    if !Running::read(place).is_some_and(|running| running.supervised()) {
        return Err(Trouble::new(step, "nothing runs").advice("./scripts/dev --detach"));
    }
    let exchange = async {
        let mut stream = UnixStream::connect(socket(place)).await?;
        stream.write_all(format!("{verb} {name}\n").as_bytes()).await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        Ok::<_, std::io::Error>(answer)
    };
    let answer = tokio::time::timeout(PATIENCE, exchange).await.during(step.clone())?.during(step.clone())?;
    if answer != "done" {
        return Err(Trouble::new(step, answer));
    }
    say::line(format!("{step}: done"));
    Ok(())
}
