/** Before every test file: a pause after each of its tests, because tests that never wait would together pass for one long silence. */
import { afterEach } from "vitest";
import { pause } from "./pause.ts";

afterEach(pause);
