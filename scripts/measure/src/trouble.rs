//! Why a measurement could not be made.

/// What went wrong, for a person.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Trouble {
    /// The system under measurement said something else than it should.
    #[error("{0}")]
    Unexpected(String),
    /// A process, a file or a socket.
    #[error("{0}: {1}")]
    Io(&'static str, std::io::Error),
    /// The database.
    #[error("the database: {0}")]
    Database(#[from] sqlx::Error),
    /// A service that speaks HTTP.
    #[error("{0}")]
    Http(#[from] reqwest::Error),
}

/// A result of this program.
pub(crate) type Result<T> = std::result::Result<T, Trouble>;

/// Says at what an operation of the system failed.
pub(crate) trait During<T> {
    /// Names the step.
    fn during(self, step: &'static str) -> Result<T>;
}

impl<T> During<T> for std::io::Result<T> {
    fn during(self, step: &'static str) -> Result<T> {
        self.map_err(|error| Trouble::Io(step, error))
    }
}

/// Something that should have been otherwise.
pub(crate) fn unexpected<T>(text: impl Into<String>) -> Result<T> {
    Err(Trouble::Unexpected(text.into()))
}
