//! Where one stack lives: its folders, its ports, its kind.

use std::path::{Path, PathBuf};

use crate::trouble::{Result, Trouble};

/// What a stack is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A person works on it; its data stay.
    Development,
    /// `./scripts/test` owns it; its data are made anew by each run.
    Test,
    /// `./scripts/test` owns it, and its services end and start again while it works.
    Faults,
    /// `./scripts/bench` owns it; its data are made anew by each run, and its database has room for a million rows.
    Bench,
}

/// One stack's folders and ports.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    /// The repository.
    pub(crate) root: PathBuf,
    /// What the stack is for.
    pub(crate) kind: Kind,
    /// The HTTP port; the services' ports follow it.
    pub(crate) port: u16,
    /// How many copies of each function run.
    pub(crate) copies: usize,
    /// Whether a second MariaDB replicates, for the reads that may go there.
    pub(crate) replicated: bool,
}

impl Place {
    /// A stack of the repository in the working directory.
    pub(crate) fn here(kind: Kind, port: u16, copies: usize) -> Result<Self> {
        let root = std::env::current_dir().map_err(|error| Trouble::new("find the repository", error))?;
        if !root.join("template.yaml").is_file() {
            return Err(Trouble::new("find the repository", format!("{} has no template.yaml", root.display()))
                .advice("start it through ./scripts/dev or ./scripts/test"));
        }
        if port > u16::MAX - 9 {
            return Err(Trouble::new("choose ports", format!("{port} leaves no room for nine more")));
        }
        Ok(Self { root, kind, port, copies: copies.max(1), replicated: kind == Kind::Test })
    }

    /// The address of the functions.
    pub(crate) fn url(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    /// The address of the gateway for machines: no name to look up.
    pub(crate) fn gateway(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// MariaDB's port.
    pub(crate) fn mariadb(&self) -> u16 {
        self.port + 1
    }

    /// Redis's port.
    pub(crate) fn redis(&self) -> u16 {
        self.port + 2
    }

    /// The port of the local AWS.
    pub(crate) fn aws(&self) -> u16 {
        self.port + 3
    }

    /// The mail catcher's SMTP port.
    pub(crate) fn smtp(&self) -> u16 {
        self.port + 4
    }

    /// The port of the mail catcher's page.
    pub(crate) fn mail(&self) -> u16 {
        self.port + 5
    }

    /// The port of the replica of MariaDB.
    pub(crate) fn replica(&self) -> u16 {
        self.port + 6
    }

    /// The port of the Prometheus that the checks start.
    pub(crate) fn prometheus(&self) -> u16 {
        self.port + 7
    }

    /// The first of the two ports of `scripts/drill`.
    pub(crate) fn drill(&self) -> u16 {
        self.port + 8
    }

    /// Every port with what it is for.
    pub(crate) fn ports(&self) -> Vec<(&'static str, u16)> {
        let mut ports = vec![
            ("gateway", self.port),
            ("mariadb", self.mariadb()),
            ("redis", self.redis()),
            ("aws", self.aws()),
            ("smtp", self.smtp()),
            ("mail", self.mail()),
        ];
        if self.replicated {
            ports.push(("replica", self.replica()));
        }
        ports
    }

    /// The numbers of all ports.
    pub(crate) fn port_numbers(&self) -> Vec<u16> {
        self.ports().into_iter().map(|(_, port)| port).collect()
    }

    fn prefix(&self) -> &'static str {
        match self.kind {
            Kind::Development => "",
            Kind::Test => "test-",
            Kind::Faults => "faults-",
            Kind::Bench => "bench-",
        }
    }

    /// The stack's data.
    pub(crate) fn data(&self) -> PathBuf {
        self.root.join(format!(".dev/{}data", self.prefix()))
    }

    /// Where programs beside the stack leave their metrics; made when it is asked for.
    pub(crate) fn metrics(&self) -> Result<PathBuf> {
        let folder = self.data().join("metrics");
        std::fs::create_dir_all(&folder).map_err(|error| Trouble::new("make the folder of metrics", error))?;
        Ok(folder)
    }

    /// The folder of the logs.
    pub(crate) fn logs(&self) -> PathBuf {
        self.root.join(format!(".dev/{}logs", self.prefix()))
    }

    /// One log.
    pub(crate) fn log(&self, name: &str) -> PathBuf {
        self.logs().join(format!("{name}.log"))
    }

    /// The environment of the functions as a file to source.
    pub(crate) fn env_file(&self) -> PathBuf {
        self.data().join("env")
    }

    /// The record of what runs.
    pub(crate) fn running_file(&self) -> PathBuf {
        self.data().join("running.json")
    }

    /// Where the running stack takes words about single services.
    pub(crate) fn control_file(&self) -> PathBuf {
        self.data().join("control")
    }

    /// A program of the shared tool folder.
    pub(crate) fn tool(&self, name: &str) -> PathBuf {
        self.root.join(".dev/tools/venv/bin").join(name)
    }
}

/// The folder that cargo puts this program and the functions into.
pub(crate) fn binaries() -> Result<PathBuf> {
    let here = std::env::current_exe().map_err(|error| Trouble::new("find the built functions", error))?;
    Ok(here.parent().map(Path::to_owned).unwrap_or_default())
}

/// A program of the system; daemons stand where an ordinary user's PATH does not look.
pub(crate) fn program(name: &str) -> PathBuf {
    let daemon = Path::new("/usr/sbin").join(name);
    if daemon.is_file() { daemon } else { PathBuf::from(name) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_services_follow_the_http_port() {
        let place = Place { root: PathBuf::new(), kind: Kind::Development, port: 9000, copies: 2, replicated: false };
        assert_eq!(place.port_numbers(), [9000, 9001, 9002, 9003, 9004, 9005]);
    }
}
