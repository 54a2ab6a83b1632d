"""Letters and reminders: their templates, how they are rendered, and how they leave the house."""
