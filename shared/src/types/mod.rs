//! Values that are valid by construction.
