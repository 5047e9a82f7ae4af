"""Look-ups in AWS that tell what an event leaves open."""
