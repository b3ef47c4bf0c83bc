/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/engine/plugin-abi.h"

/** sag_cuda_plugin: the plugin's function, linked in. */
const SagPlugin *sag_cuda_plugin (uint32_t abi, const SagHost *host);
