"""What happens, step by step, in terms of ports and decisions; flows and tasks only add Prefect."""
