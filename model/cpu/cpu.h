/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/engine/table.h"

/** sag_cpu_get_table: the engine for processors: AVX2+FMA kernels where the processor has them, else portable C. */
const SagEngineTable *sag_cpu_get_table (void);
