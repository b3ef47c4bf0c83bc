/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "app/cli/cli.h"
#include "model/core/json-writer.h"
#include "model/engine/table.h"

/**
 * sag_cli_bench_scans: trains a network such as ships on phantoms in files, prepared and augmented by the loader, and
 * tells samples a second and for what share of the time the engine waited for scans.
 * @n_steps: of 8 scans with 10 questions each
 * @writer: (nullable): writes an object "scans" instead of printing
 */
gboolean sag_cli_bench_scans (const SagEngineOptions *engine,
                              int                     n_steps,
                              SagJsonWriter          *writer,
                              GError                **error);
