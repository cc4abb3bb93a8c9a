import { writeFileSync } from "node:fs";
import { join } from "node:path";

writeFileSync(join(process.env.XRT_ARTIFACT_DIR, "report.txt"), "kept");
