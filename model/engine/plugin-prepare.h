/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/engine/plugin-abi.h"

/* The plans of model/prepare for engines in plugins: SagHost says what each does. */

bool sag_plugin_prepare_search (const SagPrepareRequest *request,
                                SagPrepareSearch        *search,
                                SagStatus               *status);
bool sag_plugin_prepare_plan (const SagPrepareRequest *request,
                              const SagPrepareBody    *body,
                              SagPreparePlan          *plan,
                              SagStatus               *status);
void sag_plugin_prepare_plan_clear (SagPreparePlan *plan);
