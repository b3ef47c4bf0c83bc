/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "app/cli/cli.h"
#include "model/core/json-writer.h"

/**
 * sag_cli_bench_train: times forward and backward of a batch: the paper's network at full size, and one such as ships.
 * @only: (nullable): one of "frozen", "all", "tokens", "states", "small", "scans"
 * @writer: (nullable): writes members of an open object instead of printing
 */
gboolean sag_cli_bench_train (
  const SagCliModel *model, const char *only, int n_runs, SagJsonWriter *writer, GError **error);
