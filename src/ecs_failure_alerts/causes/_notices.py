"""The causes of notices: their titles and summaries, what to do, and their levels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ._vocabulary import SILENT, Cause, CauseEntry, always

_GUIDE: Final = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/"
_SERVICE_EVENTS: Final = _GUIDE + "ecs_service_events.html"
_SERVICE_MESSAGES: Final = _GUIDE + "service-event-messages-list.html"
_BATCH: Final = "https://docs.aws.amazon.com/batch/latest/userguide/"

NOTICE_CAUSES: Final[Mapping[Cause, CauseEntry]] = {
    Cause.ROUTINE: CauseEntry(
        title="Routine",
        summary="{who} reported a routine event{which}.",
        hint="Nothing: this is routine.",
        levels=SILENT,
        page=_SERVICE_EVENTS,
    ),
    Cause.DEPLOYMENT_FAILED: CauseEntry(
        title="DeploymentFailed",
        summary="The deployment of {whom} failed: {which}.",
        hint=(
            "Check how many tasks run now, and whether ECS rolls back. If it does not, deploy the "
            "last good version. Then find out why the new tasks failed."
        ),
        levels=always("error"),
        page=_GUIDE + "ecs_service_deployment_events.html",
    ),
    Cause.DEPLOYMENT_HOOK_FAILED: CauseEntry(
        title="DeploymentHookFailed",
        summary="The deployment of {whom} rolls back: its lifecycle hook{which} failed.",
        hint="Read the log of the hook's Lambda function, then deploy again.",
        levels=always("error"),
        page=_GUIDE + "ecs_hook_state_change_events.html",
    ),
    Cause.DEPLOYMENT_HOOK_TIMED_OUT: CauseEntry(
        title="DeploymentHookTimedOut",
        summary="The deployment of {whom} waited too long: {which}.",
        hint=(
            "ECS now goes on or rolls back, depending on the hook's settings. Check the "
            "deployment, and approve the next one in time."
        ),
        levels=always("warning"),
        page=_GUIDE + "ecs_hook_state_change_events.html",
    ),
    Cause.SERVICE_TASK_START_IMPAIRED: CauseEntry(
        title="TasksCannotStart",
        summary=(
            "{who} cannot start its tasks; ECS now waits longer and longer between attempts, up to "
            "27 minutes."
        ),
        hint="Find out why the service's last task stopped: see its own alert, or the console.",
        levels=always("error"),
        page=_GUIDE + "service-throttle-logic.html",
    ),
    Cause.SERVICE_TASK_PLACEMENT_FAILURE: CauseEntry(
        title="TaskPlacementFailure",
        summary="{who} has no place for a new task: {which}.",
        hint=(
            "Add capacity, or ask for less CPU and memory. For Fargate, allow more Availability "
            "Zones, or FARGATE in addition to FARGATE_SPOT."
        ),
        levels=always("error"),
        page=_SERVICE_MESSAGES,
    ),
    Cause.SERVICE_TASK_CONFIGURATION_FAILURE: CauseEntry(
        title="TaskConfigurationFailure",
        summary="{who} cannot place a task because of its configuration: {which}.",
        hint="Fix the task definition or its roles, then deploy again.",
        levels=always("error"),
        page=_SERVICE_EVENTS,
    ),
    Cause.SERVICE_CONSTRAINT_VIOLATED: CauseEntry(
        title="PlacementConstraintViolated",
        summary="{who} has a task that no longer meets the placement constraints.",
        hint="Compare the service's placement constraints with the attributes of the instances.",
        levels=always("warning"),
        page=_SERVICE_EVENTS,
    ),
    Cause.SERVICE_THROTTLED: CauseEntry(
        title="ServiceThrottled",
        summary="{who} is slowed down: {which} throttles its calls.",
        hint=(
            "Nothing for now: ECS tries again by itself. If it lasts, start fewer tasks at a time, "
            "or ask AWS for a higher limit."
        ),
        levels=always("warning"),
        page=_SERVICE_EVENTS,
    ),
    Cause.SERVICE_HEALTH_UNKNOWN: CauseEntry(
        title="ServiceHealthUnknown",
        summary="{who}: ECS cannot read the health of its tasks.",
        hint="ECS tries again by itself. Check the service's tasks and targets yourself.",
        levels=always("warning"),
        page=_SERVICE_EVENTS,
    ),
    Cause.SERVICE_OTHER: CauseEntry(
        title="ServiceAction",
        summary="{who}: ECS reports the error {which}.",
        hint="Look up the name in AWS's list of service events; it is newer than this library.",
        levels=always("error"),
        page=_SERVICE_EVENTS,
    ),
    Cause.DAEMON_TASK_START_IMPAIRED: CauseEntry(
        title="DaemonCannotStart",
        summary="{who} cannot start on an instance{which}.",
        hint=(
            "Fix what the reason names. A new instance takes no tasks without the daemon, unless "
            "the daemon is set as not critical."
        ),
        levels=always("warning"),
        page=_GUIDE + "managed-daemons-events.html",
    ),
    Cause.DAEMON_DEPLOYMENT_FAILED: CauseEntry(
        title="DaemonDeploymentFailed",
        summary="The deployment of {whom} failed; {which}.",
        hint="Read why the daemon's tasks stopped, then deploy it again.",
        levels=always("error"),
        page=_GUIDE + "managed-daemons-events.html",
    ),
    Cause.INSTANCE_IMPAIRED: CauseEntry(
        title="InstanceImpaired",
        summary="{who} {which}.",
        hint=(
            "Set it to DRAINING, so that it gets no new tasks. Fix what the reason names, or "
            "replace the instance when its tasks have ended: on EC2 nobody else does. ECS replaces "
            "Managed Instances itself if auto repair is on."
        ),
        levels=always("warning"),
        page=_GUIDE + "ecs_container_instance_health_events.html",
    ),
    Cause.INSTANCE_REGISTRATION_FAILED: CauseEntry(
        title="InstanceRegistrationFailed",
        summary="{who} could not register: {which}.",
        hint="It will never run a task: fix what the reason names, or terminate it.",
        levels=always("warning"),
        page=_GUIDE + "ecs_container_instance_events.html",
    ),
    Cause.RUN_REFUSED: CauseEntry(
        title="RunRefused",
        summary="The run of {whom}{which}.",
        hint="ECS does not try again. Fix the reason, then run it by hand.",
        levels=always("error"),
        page=_GUIDE + "api_failures_messages.html",
    ),
    Cause.SCHEDULE_TARGET_FAILED: CauseEntry(
        title="ScheduleTargetFailed",
        summary="The run of {which}.",
        hint="Fix the reason. Then run it by hand: AWS does not try this run again.",
        levels=always("error"),
        page="https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html",
    ),
    Cause.BATCH_JOB_FAILED: CauseEntry(
        title="BatchJobFailed",
        summary="{who} failed for good{which}.",
        hint="Batch does not try again. Read the job's log, then submit it again.",
        levels=always("error"),
        page=_BATCH + "batch_job_events.html",
    ),
    Cause.BATCH_JOB_TIMED_OUT: CauseEntry(
        title="BatchJobTimedOut",
        summary="{who}{which} reached its time limit and was killed.",
        hint="Find out what took so long, or raise the timeout of the job definition.",
        levels=always("error"),
        page=_BATCH + "job_timeouts.html",
    ),
    Cause.BATCH_QUEUE_BLOCKED: CauseEntry(
        title="BatchQueueBlocked",
        summary="Jobs cannot start in the Batch queue {which}.",
        hint=(
            "Fix the queue's compute environment. Or cancel the job at the head of the queue, "
            "because a job that was submitted cannot be changed, and submit one that asks for less."
        ),
        levels=always("warning"),
        page=_BATCH + "batch-queue-blocked-events.html",
    ),
    Cause.WORKFLOW_FAILED: CauseEntry(
        title="WorkflowFailed",
        summary="{who} failed{which}.",
        hint="Open the execution: its graph shows the step that failed.",
        levels=always("error"),
        page="https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html",
    ),
    Cause.WORKFLOW_TIMED_OUT: CauseEntry(
        title="WorkflowTimedOut",
        summary="{who} reached a time limit{which}.",
        hint="Open the execution: its graph shows the step that took too long.",
        levels=always("error"),
        page="https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html",
    ),
    Cause.TASK_RETIREMENT: CauseEntry(
        title="TaskRetirement",
        summary="AWS will stop {which}, without a replacement.",
        hint="Start a new task before that day, then stop the old one.",
        levels=always("warning"),
        page=_GUIDE + "task-maintenance.html",
    ),
}
