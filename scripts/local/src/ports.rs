//! Who holds a port.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};

use crate::place::Place;
use crate::trouble::{Result, Trouble};

/// Fails when one of the ports is taken, and says by what.
pub(crate) fn free(place: &Place, variable: &str, wanted: &[u16]) -> Result<()> {
    let taken: Vec<_> =
        place.ports().into_iter().filter(|(_, port)| wanted.contains(port) && !available(*port)).collect();
    if taken.is_empty() {
        return Ok(());
    }
    let lines: Vec<_> = taken
        .iter()
        .map(|(name, port)| {
            let holder = holder(*port).unwrap_or_else(|| "a process of another user".to_owned());
            format!("port {port} ({name}) is held by {holder}")
        })
        .collect();
    Err(Trouble::new("take the ports", lines.join("\n"))
        .advice(format!("end that process, or choose six other ports: {variable}={}", place.port.saturating_add(200))))
}

/// Whether a server could listen there. Connections that linger after a stop do not count.
fn available(port: u16) -> bool {
    let mut addresses = vec![SocketAddr::from((Ipv4Addr::LOCALHOST, port))];
    // A server on all addresses also answers on localhost.
    addresses.push(SocketAddr::from((Ipv4Addr::UNSPECIFIED, port)));
    addresses.into_iter().all(|address| TcpListener::bind(address).is_ok())
}

/// The name and the id of the process that listens on a port, if it may be looked at.
fn holder(port: u16) -> Option<String> {
    let socket = ["/proc/net/tcp", "/proc/net/tcp6"]
        .into_iter()
        .find_map(|table| listener(&std::fs::read_to_string(table).ok()?, port))?;
    let wanted = format!("socket:[{socket}]");
    for process in std::fs::read_dir("/proc").ok()?.flatten() {
        // Also `self` and `thread-self` have open files.
        if process.file_name().to_string_lossy().parse::<u32>().is_err() {
            continue;
        }
        let files = std::fs::read_dir(process.path().join("fd")).into_iter().flatten().flatten();
        let mut targets = files.filter_map(|file| std::fs::read_link(file.path()).ok());
        if targets.any(|target| target.as_os_str() == wanted.as_str()) {
            let name = std::fs::read_to_string(process.path().join("comm")).unwrap_or_default();
            return Some(format!("{} (process {})", name.trim(), process.file_name().to_string_lossy()));
        }
    }
    None
}

/// The inode of the socket that listens on a port, from the kernel's table.
fn listener(table: &str, port: u16) -> Option<String> {
    const LISTENING: &str = "0A";
    let ending = format!(":{port:04X}");
    table.lines().skip(1).find_map(|line| {
        let fields: Vec<_> = line.split_whitespace().collect();
        let listens = fields.get(1)?.ends_with(&ending) && *fields.get(3)? == LISTENING;
        listens.then(|| fields.get(9).map(|inode| (*inode).to_owned())).flatten()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_holder_of_a_port_is_named() {
        let held = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = held.local_addr().unwrap().port();
        assert!(!available(port));
        let holder = holder(port).unwrap();
        assert!(holder.contains(&std::process::id().to_string()), "{holder}");
    }
}
