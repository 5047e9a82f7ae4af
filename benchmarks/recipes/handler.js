// The known recipe, in Node: the SDK's own set-up, a message, and a flush.
const Sentry = require("@sentry/aws-serverless");

Sentry.init({ dsn: process.env.SENTRY_DSN });

exports.lambda_handler = Sentry.wrapHandler(async (event) => {
  const detail = event.detail;
  Sentry.withScope((scope) => {
    scope.setContext("ecs", { task: detail.taskArn, reason: detail.stoppedReason });
    Sentry.captureMessage(`ECS task failed: ${detail.group}`, "error");
  });
  await Sentry.flush(2000);
  return { ok: true };
});
