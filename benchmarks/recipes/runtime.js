// A client of Lambda's Runtime API, as small as can be: Amazon's own needs a compiler to install.
// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
const http = require("node:http");
const path = require("node:path");

const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(":");
const root = "/2018-06-01/runtime";

function call(method, url, body) {
  return new Promise((resolve, reject) => {
    const request = http.request({ host, port, method, path: root + url }, (response) => {
      const parts = [];
      response.on("data", (part) => parts.push(part));
      response.on("end", () => resolve([response.headers, Buffer.concat(parts).toString()]));
    });
    request.on("error", reject);
    request.end(body);
  });
}

async function main() {
  const [file, name] = process.argv[2].split(".");
  const handler = require(path.join(process.env.LAMBDA_TASK_ROOT, file))[name];
  for (;;) {
    const [headers, body] = await call("GET", "/invocation/next");
    const id = headers["lambda-runtime-aws-request-id"];
    const context = {
      awsRequestId: id,
      callbackWaitsForEmptyEventLoop: true,
      functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
      functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
      invokedFunctionArn: headers["lambda-runtime-invoked-function-arn"],
      logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
      logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
      memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
      getRemainingTimeInMillis: () => headers["lambda-runtime-deadline-ms"] - Date.now(),
    };
    try {
      const result = await handler(JSON.parse(body), context);
      await call("POST", `/invocation/${id}/response`, JSON.stringify(result ?? null));
    } catch (error) {
      const told = { errorType: error.name, errorMessage: error.message };
      await call("POST", `/invocation/${id}/error`, JSON.stringify(told));
    }
  }
}

main().catch(() => process.exit(0)); // the API is gone: so is the function
