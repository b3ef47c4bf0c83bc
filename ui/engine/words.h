/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "ui/engine/engine.h"

G_BEGIN_DECLS

/* How bundles, engines and times are said to people. */

/** sag_ui_words_bundle_kind: (nullable): what to know before any number; NULL for a trained one. */
const char *sag_ui_words_bundle_kind (SagBundle *bundle);

/** sag_ui_words_engine: (transfer full): "CPU, AVX2, 2 threads, fp32", "NVIDIA H200, fast". */
char *sag_ui_words_engine (const SagEngineInfo *info);

/** sag_ui_words_duration: (transfer full): "0.9 ms", "85 ms", "0.41 s", "12 s". */
char *sag_ui_words_duration (double ms);

/** sag_ui_words_state: (nullable): what the engine is doing; NULL if nothing. */
const char *sag_ui_words_state (SagUiEngineState state);

G_END_DECLS
