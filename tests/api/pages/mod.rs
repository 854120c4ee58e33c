//! The pages, as HTTP: who gets them, what their forms do, and what stands in their heads.

mod assets;
mod errors;
mod finder;
mod forms;
mod register;
mod sign_in;
