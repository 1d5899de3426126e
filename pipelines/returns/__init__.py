"""Returns 退回: what goes back to a unit whose submission was rejected or partly accepted."""
