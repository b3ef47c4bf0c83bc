/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What passes between this program and an engine in a plugin, besides the table. Plain C. */

#include "model/engine/table.h"

#ifdef __cplusplus
extern "C"
{
#endif

  /** Both sides must have been compiled with the same number: it counts changes of this header and of table.h. */
#define SAG_PLUGIN_ABI 1u

  /** The name of the plugin's only function, a SagPluginFunc. */
#define SAG_CUDA_PLUGIN_SYMBOL "sag_cuda_plugin"

  /** SagHost: what a plugin may call of this program, instead of linking it: functions of model/network and volume. */
  typedef struct
  {
    uint32_t abi;
    bool (*network_validate) (const SagNetwork *network, char message[200]);
    SagConvShape (*conv_shape) (const int32_t in[3], int32_t kernel, int32_t stride);
    bool (*geometry_invert) (const SagGeometry *geometry, double ras_to_ijk[3][4]);
    void (*geometry_compose) (const double a[3][4], const double b[3][4], double out[3][4]);
  } SagHost;

  /**
   * SagPluginDevice: a device that the plugin could use.
   * @name: "NVIDIA H200"
   * @driver: release number of its driver, 0 where unknown
   * @major, @minor: compute capability
   */
  typedef struct
  {
    char   name[96];
    int    driver;
    int    major;
    int    minor;
    size_t total_bytes;
  } SagPluginDevice;

  /**
   * SagPlugin: what a plugin gives.
   * @probe: whether device @index can be used, without taking memory on it; false with a sentence
   * @engine: its engine
   * @allocated_bytes: memory that an engine of this plugin holds on its device
   * @device_ms: how long the device worked on an engine's last encode or ask, transfers of the answer aside
   */
  typedef struct
  {
    uint32_t              abi;
    const SagEngineTable *engine;
    bool (*probe) (int index, SagPluginDevice *device, SagStatus *status);
    size_t (*allocated_bytes) (void *engine);
    float (*device_ms) (void *engine);
  } SagPlugin;

  /**
   * SagPluginFunc: the plugin for a program that speaks @abi; NULL if it speaks another.
   * @host: stays for the life of the process
   */
  typedef const SagPlugin *(*SagPluginFunc) (uint32_t abi, const SagHost *host);

#ifdef __cplusplus
}
#endif
