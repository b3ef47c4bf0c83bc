/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/core/json-writer.h"

/**
 * sag_cli_bench_evaluate: the statistics of 18 tasks of 3,000 cases of 2,000 patients, answered by two models with
 * random numbers: DeLong's test of every task; and 1,000 draws of the bootstrap with the interval of the mean.
 * @writer: (nullable): writes members of an open object instead of printing
 */
gboolean sag_cli_bench_evaluate (int n_runs, SagJsonWriter *writer, GError **error);
