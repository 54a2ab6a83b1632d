"""Pay plans: agreed payments by a schedule, which insulate the debt while they are kept."""
