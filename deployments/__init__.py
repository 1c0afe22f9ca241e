"""What we run: the specs of models and house, and the code that turns them into Prefect deployments."""
