//! Two levels of cache with tags and single flight.
