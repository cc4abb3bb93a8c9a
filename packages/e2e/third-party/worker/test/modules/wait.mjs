import { parentPort } from "node:worker_threads";

// Listening keeps the thread alive until it is asked to stop.
parentPort.on("message", ({ type }) => {
  if (type === "stop") parentPort.close();
});
console.log("begun");
