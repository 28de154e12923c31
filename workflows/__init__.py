"""What runs outside requests: the worker that reads, the scheduler, the hand-over to Prefect."""
