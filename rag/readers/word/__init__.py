"""Word documents: their text as Word shows it, by one walk over their XML."""
