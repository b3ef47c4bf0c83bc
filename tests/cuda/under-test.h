/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/engine/plugin-abi.h"

/* The plugin's function, where it is linked. */
const SagPlugin *sag_cuda_plugin (uint32_t abi, const SagHost *host);

/** sag_test_plugin: that of sag_test_engine(): emulated, or of this machine's GPU; NULL where there is none. */
const SagPlugin *sag_test_plugin (void);
