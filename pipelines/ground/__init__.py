"""What everything stands on: the home, settings, errors, durable writing, the writer's lock, connections."""
