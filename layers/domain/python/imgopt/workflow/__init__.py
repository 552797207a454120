"""The work of the state machine's states, and the repair of jobs whose execution was lost."""
