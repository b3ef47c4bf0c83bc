/* SPDX-License-Identifier: Apache-2.0 */

/* The plugin's one function. Plain C, no GLib: this library must load wherever the program does, also where there is no
 * NVIDIA driver, and say so.
 */

#include "cuda/engine.h"

#include <stdio.h>

const SagHost *sag_cuda_host;

static bool
probe (int index, SagPluginDevice *device, SagStatus *status)
{
  SagCudaDeviceInfo info;

  if (!sag_cuda_probe (index, &info, status))
    return false;
  *device = (SagPluginDevice){
    .driver = info.driver,
    .major = info.major,
    .minor = info.minor,
    .total_bytes = info.total_bytes,
  };
  snprintf (device->name, sizeof device->name, "%s", info.name);
  return true;
}

static size_t
allocated_bytes (void *engine)
{
  return sag_cuda_get_allocated (((SagCudaEngine *) engine)->device);
}

static float
device_ms (void *engine)
{
  return ((SagCudaEngine *) engine)->ms;
}

static int32_t
stages (void *engine, SagPluginStage *stages, int32_t n_room)
{
  return sag_cuda_get_stages (((SagCudaEngine *) engine)->device, stages, n_room);
}

__attribute__ ((visibility ("default"))) const SagPlugin *sag_cuda_plugin (uint32_t       abi,
                                                                           const SagHost *host);

const SagPlugin *
sag_cuda_plugin (uint32_t abi, const SagHost *host)
{
  static SagPlugin plugin = {
    .abi = SAG_PLUGIN_ABI,
    .probe = probe,
    .allocated_bytes = allocated_bytes,
    .device_ms = device_ms,
    .free_bytes = sag_cuda_free_bytes,
    .trace = sag_cuda_engine_trace,
    .stages = stages,
  };

  if (abi != SAG_PLUGIN_ABI || host == NULL || host->abi != SAG_PLUGIN_ABI)
    return NULL;
  sag_cuda_host = host;
  plugin.engine = sag_cuda_get_table ();
  return &plugin;
}
