#!/usr/bin/env node
/** The command `doppel` of a checkout: makes it ready when it is not (see setup.mjs), then starts what was built. */
import { existsSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { bundle } from "./newer.mjs";

if (!existsSync(bundle)) await import("./setup.mjs");
await import(pathToFileURL(bundle).href);
