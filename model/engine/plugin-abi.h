/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What passes between this program and an engine in a plugin, besides the table. Plain C. */

#include "model/engine/table.h"

#ifdef __cplusplus
extern "C"
{
#endif

  /** Both sides must have been compiled with the same number: it counts changes of this header and of table.h. */
#define SAG_PLUGIN_ABI 3u

  /** The name of the plugin's only function, a SagPluginFunc. */
#define SAG_CUDA_PLUGIN_SYMBOL "sag_cuda_plugin"

  /**
   * SagPrepareSearch: how a recipe finds the body: the largest component of voxels with low <= HU <= high, neighbours
   * sharing at least a corner.
   * @hull_axis: the stored axis across which convex hulls of the body's slices are wanted; -1: none are
   */
  typedef struct
  {
    double  low;
    double  high;
    int32_t hull_axis;
  } SagPrepareSearch;

  /**
   * SagPrepareBody: the body: SagComponent's measures, and the mean of the hulls' centroids weighted with their areas.
   * @n_voxels: 0: there is none
   * @has_centre: some hull has an area
   * @centre: in stored indices; along the hulls' axis unused
   */
  typedef struct
  {
    int64_t n_voxels;
    int32_t low[3];
    int32_t high[3];
    int64_t index_sum[3];
    bool    has_centre;
    double  centre[3];
  } SagPrepareBody;

  /** SagPrepareSpline: SagSplineAxis. */
  typedef struct
  {
    int32_t        n_in;
    int32_t        n_out;
    int32_t        n_inside;
    int32_t        first_in;
    bool           on_samples;
    const int32_t *taps;
    const double  *weights;
  } SagPrepareSpline;

  /** SagPrepareArea: SagAreaAxis. */
  typedef struct
  {
    int32_t        n_out;
    const int32_t *low;
    const int32_t *high;
    const int32_t *size;
  } SagPrepareArea;

  /**
   * SagPreparePlan: what is to be computed; axes are the stored ones.
   * @first, @n: the voxels that the recipe keeps
   * @source_low, @source_high: they are clamped to this, resampled
   * @low, @high: and clamped to this; with @clamps_to_range further to the range of the kept voxels and 0
   * @truncate, @fill: as SagStandard
   * @covered: false: the input is all 0, and what follows is not set
   * @splines, @areas, @stride, @origin: as SagStandardPlan
   * @input_geometry: where the input lies
   * @box_start: the standardised voxel, along R, A, S, on which the box starts
   * @owner: for prepare_plan_clear()
   */
  typedef struct
  {
    int32_t          first[3];
    int32_t          n[3];
    double           source_low;
    double           source_high;
    float            low;
    float            high;
    bool             clamps_to_range;
    bool             truncate;
    int16_t          fill;
    bool             covered;
    SagPrepareSpline splines[3];
    SagPrepareArea   areas[3];
    int64_t          stride[3];
    int64_t          origin;
    SagGeometry      input_geometry;
    int32_t          box_start[3];
    void            *owner;
  } SagPreparePlan;

  /**
   * SagHost: what a plugin may call of this program, instead of linking it: functions of model/network, volume and
   * prepare.
   * @prepare_search: checks a request and says what to look for; false with a sentence
   * @prepare_plan: plans the rest; false with a sentence. prepare_plan_clear() frees it
   */
  typedef struct
  {
    uint32_t abi;
    bool (*network_validate) (const SagNetwork *network, char message[200]);
    SagConvShape (*conv_shape) (const int32_t in[3], int32_t kernel, int32_t stride);
    bool (*geometry_invert) (const SagGeometry *geometry, double ras_to_ijk[3][4]);
    void (*geometry_compose) (const double a[3][4], const double b[3][4], double out[3][4]);
    bool (*prepare_search) (const SagPrepareRequest *request,
                            SagPrepareSearch        *search,
                            SagStatus               *status);
    bool (*prepare_plan) (const SagPrepareRequest *request,
                          const SagPrepareBody    *body,
                          SagPreparePlan          *plan,
                          SagStatus               *status);
    void (*prepare_plan_clear) (SagPreparePlan *plan);
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
   * SagPluginStage: a part of a request on a device.
   * @name: "1.0 expand"
   * @ms: how long the device worked on it
   * @n_bytes: that it has to move at least: what it reads and what it writes, once each
   * @n_products: multiply-adds that it has to do
   * @by_library: NVIDIA's library did a product of it, not the engine's own kernels
   */
  typedef struct
  {
    char   name[24];
    float  ms;
    bool   by_library;
    double n_bytes;
    double n_products;
  } SagPluginStage;

  /**
   * SagPlugin: what a plugin gives.
   * @probe: whether device @index can be used, without taking memory on it; false with a sentence
   * @engine: its engine
   * @allocated_bytes: memory that an engine of this plugin holds on its device
   * @device_ms: how long the device worked on an engine's last preparation, encode or ask: of encode without its
   *   transfers, of a preparation from the upload's end on
   * @free_bytes: memory that device @index has left once it is in use: the first call takes what every program takes; 0
   *   where it cannot be used
   * @trace: whether the stages of requests are timed from now on, which takes time itself
   * @stages: those of the last request, of many texts of their last run, once three of its kind and size have followed
   *   each other since @trace; between two waits of a preparation the host works, too. Returns how many there are
   */
  typedef struct
  {
    uint32_t              abi;
    const SagEngineTable *engine;
    bool (*probe) (int index, SagPluginDevice *device, SagStatus *status);
    size_t (*allocated_bytes) (void *engine);
    float (*device_ms) (void *engine);
    size_t (*free_bytes) (int index);
    void (*trace) (void *engine, bool on);
    int32_t (*stages) (void *engine, SagPluginStage *stages, int32_t n_room);
  } SagPlugin;

  /**
   * SagPluginFunc: the plugin for a program that speaks @abi; NULL if it speaks another.
   * @host: stays for the life of the process
   */
  typedef const SagPlugin *(*SagPluginFunc) (uint32_t abi, const SagHost *host);

#ifdef __cplusplus
}
#endif
