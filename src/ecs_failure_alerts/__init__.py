"""An Amazon ECS task dies, and somebody learns why."""
