"""Values and pure rules: standard library only, no database, no clock, no configuration."""
