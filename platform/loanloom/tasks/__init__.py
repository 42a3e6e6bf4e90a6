"""Asynchronous work: the Celery application and its tasks. A message is only a hint; what is to be done is a row."""
