/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/engine/table.h"

/** sag_cpu_train_get_table: the training engine of the processor; always there. */
const SagTrainTable *sag_cpu_train_get_table (void);
