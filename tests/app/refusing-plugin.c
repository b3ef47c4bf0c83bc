/* SPDX-License-Identifier: Apache-2.0 */

/* A GPU engine that never works. $SAGITTA_TEST_GPU says why: "none": there is no card; "old": its driver is too
 * old; else the card is found, and its engine does not open. */

#include "model/engine/plugin-abi.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool
say (SagStatus *status, SagStatusCode code, const char *sentence)
{
  status->code = code;
  snprintf (status->message, sizeof status->message, "%s", sentence);
  return false;
}

static bool
probe (int index, SagPluginDevice *device, SagStatus *status)
{
  const char *why = getenv ("SAGITTA_TEST_GPU");

  if (why != NULL && strcmp (why, "none") == 0)
    return say (status, SAG_STATUS_NO_DEVICE, "There is no NVIDIA driver here.");
  if (why != NULL && strcmp (why, "old") == 0)
    return say (status, SAG_STATUS_UNSUPPORTED, "Driver 535 is too old; install 580 or newer.");
  memset (device, 0, sizeof *device);
  snprintf (device->name, sizeof device->name, "Card %d of the tests", index);
  return true;
}

static void *
open_engine (const SagWeightSource *source, const SagEngineOptions *options, SagStatus *status)
{
  say (status, SAG_STATUS_OUT_OF_MEMORY, "The card has 3 MB free and 900 are needed.");
  return NULL;
}

const SagPlugin *sag_cuda_plugin (uint32_t abi, const SagHost *host);

__attribute__ ((visibility ("default"))) const SagPlugin *
sag_cuda_plugin (uint32_t abi, const SagHost *host)
{
  static const SagEngineTable engine = { .abi = SAG_ENGINE_ABI, .id = "cuda", .open = open_engine };
  static const SagPlugin      plugin = { .abi = SAG_PLUGIN_ABI, .engine = &engine, .probe = probe };

  return abi == SAG_PLUGIN_ABI ? &plugin : NULL;
}
