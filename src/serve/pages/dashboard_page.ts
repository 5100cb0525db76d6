/** The dashboard at `/`: one page without anything from elsewhere. It shows what other routes answer, as it goes. */
import { DASHBOARD_BODY } from "./dashboard/body.ts";
import { CORE_SCRIPT } from "./dashboard/core.ts";
import { FIGURES_SCRIPT } from "./dashboard/figures.ts";
import { GENERATIONS_SCRIPT } from "./dashboard/generations.ts";
import { MODELS_SCRIPT } from "./dashboard/models.ts";
import { STATE_SCRIPT } from "./dashboard/state.ts";
import { USER_SCRIPT } from "./dashboard/user.ts";
import { pageStyle } from "./page_style.ts";

const SCRIPT = [FIGURES_SCRIPT, CORE_SCRIPT, STATE_SCRIPT, MODELS_SCRIPT, GENERATIONS_SCRIPT, USER_SCRIPT]
  .join("");

export const dashboardPage = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Foz</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">
<style>${pageStyle}</style></head><body>${DASHBOARD_BODY}<script>"use strict";${SCRIPT}</script></body></html>`;
