"""What a due action does: one module for each type, registered in `dunwell.actions.registry`."""
