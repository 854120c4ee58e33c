//! Companies, workplaces, employees, assignments and reference data.
