"""Who may do what, and of which brands: actors, their permissions, and the walls between brands."""
