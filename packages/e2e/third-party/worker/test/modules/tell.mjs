import { workerData } from "node:worker_threads";

console.log(JSON.stringify({ ...workerData, environment: Object.keys(process.env).toSorted() }));
