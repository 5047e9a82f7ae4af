"""ECS Task State Change events: read, diagnosed and put into words."""
