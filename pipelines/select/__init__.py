"""Selection: which of what units sent goes on to the ministry, the media and the public."""
