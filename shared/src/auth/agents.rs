//! Programs that are not let in: whoever does not say what it is, and crawlers that have nothing to look for here.

use axum::http::{HeaderMap, header};

use crate::{
    config::Config,
    error::{Code, Detail, Error, Result, Text},
};

/// Checks the caller's `User-Agent`. It proves nothing: honest crawlers keep away, and logs name what called.
/// Public pages are there to be found, so crawlers may read them.
pub(super) fn check(config: &Config, headers: &HeaderMap, is_public_page: bool) -> Result<()> {
    let agent = headers.get(header::USER_AGENT).map(|agent| String::from_utf8_lossy(agent.as_bytes()).to_lowercase());
    let Some(agent) = agent.filter(|agent| !agent.trim().is_empty()) else {
        return Err(refused(
            "USER_AGENT_REQUIRED",
            Text::new(
                "User-Agent başlığında programınızın adını gönderin.",
                "Send the name of your program in the header User-Agent.",
            ),
        ));
    };
    if !is_public_page && config.blocked_crawlers.iter().any(|crawler| agent.contains(crawler)) {
        return Err(refused(
            "CRAWLER",
            Text::new("Bu adres tarayıcı botlara kapalıdır.", "This address is closed to crawlers."),
        ));
    }
    Ok(())
}

fn refused(code: &'static str, text: Text) -> Error {
    Error::new(Code::Forbidden).detail(Detail::new("User-Agent", code, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(blocked: &str) -> Config {
        Config::from_lookup(|name| match name {
            "ENVIRONMENT" => Some("test".into()),
            "BLOCKED_CRAWLERS" => Some(blocked.into()),
            "REGISTRATION_OPEN" => None,
            _ => Some("1".into()),
        })
        .unwrap()
    }

    fn outcome(blocked: &str, agent: Option<&str>, is_public_page: bool) -> Option<String> {
        let headers = agent.map(|agent| (header::USER_AGENT, agent.parse().unwrap())).into_iter().collect();
        check(&config(blocked), &headers, is_public_page).err().map(|error| error.list()[0].code.to_string())
    }

    #[test]
    fn a_program_says_what_it_is_and_crawlers_read_public_pages_only() {
        let gptbot = "Mozilla/5.0 AppleWebKit/537.36 (compatible; GPTBot/1.2; +https://openai.com/gptbot)";
        assert_eq!(outcome("", None, true).as_deref(), Some("USER_AGENT_REQUIRED"));
        assert_eq!(outcome("", Some(" "), false).as_deref(), Some("USER_AGENT_REQUIRED"));
        assert_eq!(outcome("", Some("curl/8.5.0"), false), None);
        assert_eq!(outcome("", Some(gptbot), false).as_deref(), Some("CRAWLER"));
        assert_eq!(outcome("", Some(gptbot), true), None);
        assert_eq!(outcome("none", Some(gptbot), false), None);
        assert_eq!(outcome("Curl, wget", Some("curl/8.5.0"), false).as_deref(), Some("CRAWLER"));
    }
}
