//! The name of a device, from what its program says of itself.

/// Marks of programs. The order matters: most browsers also name those that they want to be taken for.
const PROGRAMS: &[(&str, &str)] = &[
    ("Edg/", "Edge"),
    ("EdgA/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("YaBrowser/", "Yandex"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];

/// Marks of systems.
const SYSTEMS: &[(&str, &str)] = &[
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
];

/// `Chrome · Windows`; a program that we do not know by its first word.
pub(crate) fn name(user_agent: Option<&str>) -> String {
    let Some(agent) = user_agent.map(str::trim).filter(|agent| !agent.is_empty()) else {
        return "?".to_owned();
    };
    let find =
        |list: &[(&str, &'static str)]| list.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name);
    let program = find(PROGRAMS).map_or_else(
        || agent.split(['/', ' ']).next().unwrap_or_default().chars().take(40).collect::<String>(),
        str::to_owned,
    );
    match find(SYSTEMS) {
        Some(system) => format!("{program} · {system}"),
        None => program,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_and_systems_are_told_apart() {
        const MAC: &str = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)";
        for (agent, shown) in [
            (format!("{MAC} Version/17.4 Safari/605.1.15"), "Safari · macOS"),
            (format!("{MAC} Chrome/140.0.0.0 Safari/537.36 Edg/140.0"), "Edge · macOS"),
            ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0".into(), "Firefox · Linux"),
            (
                "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile Safari/537.36"
                    .into(),
                "Chrome · Android",
            ),
            ("curl/8.5.0".into(), "curl"),
            (String::new(), "?"),
        ] {
            assert_eq!(name(Some(&agent)), shown);
        }
        assert_eq!(name(None), "?");
    }
}
