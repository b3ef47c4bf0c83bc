/* SPDX-License-Identifier: Apache-2.0 */

/* cuda/device.c and cuda/probe.c with a runtime that pretends: when a request is recorded and replayed, which errors
 * last, and what people read.
 */

#include "cuda/device-private.h"

#include "tests/support/test.h"

#include <stdlib.h>
#include <string.h>

/* What the pretended runtime says, and what it was asked. */
static struct
{
  cudaError_t count, open, allocate, synchronise, end_capture;
  cudaError_t last; /* what cudaGetLastError() forgets */
  int         n_devices;
  int         major;
  unsigned    n_captures, n_instances, n_launches, n_live, n_marks, n_marks_in_graphs;
} runtime;

/* Every call's error is kept until somebody asks, as the runtime does it. */
static cudaError_t
tell (cudaError_t code)
{
  if (code != cudaSuccess)
    runtime.last = code;
  return code;
}

#define PRETEND(name, ...) cudaError_t CUDARTAPI name (__VA_ARGS__)

PRETEND (cudaGetDeviceCount, int *count)
{
  *count = runtime.n_devices;
  return tell (runtime.count);
}

PRETEND (cudaDriverGetVersion, int *version)
{
  *version = 13000;
  return cudaSuccess;
}

PRETEND (cudaGetDeviceProperties, struct cudaDeviceProp *properties, int device)
{
  memset (properties, 0, sizeof *properties);
  strcpy (properties->name, "NVIDIA Pretender");
  properties->major = runtime.major;
  properties->minor = 5;
  return cudaSuccess;
}

PRETEND (cudaSetDevice, int device) { return cudaSuccess; }

PRETEND (cudaGetLastError, void)
{
  cudaError_t last = runtime.last;

  runtime.last = cudaSuccess;
  return last;
}

const char *CUDARTAPI
cudaGetErrorString (cudaError_t code)
{
  return "pretended";
}

PRETEND (cudaMemGetInfo, size_t *free_bytes, size_t *total_bytes)
{
  *free_bytes = (size_t) 100 << 20;
  *total_bytes = (size_t) 8000 << 20;
  return cudaSuccess;
}

PRETEND (cudaMalloc, void **memory, size_t n_bytes)
{
  if (runtime.allocate != cudaSuccess)
    return tell (runtime.allocate);
  runtime.n_live++;
  *memory = malloc (n_bytes);
  return cudaSuccess;
}

PRETEND (cudaFree, void *memory)
{
  if (memory == NULL)
    return tell (runtime.open);
  runtime.n_live--;
  free (memory);
  return cudaSuccess;
}

PRETEND (cudaHostAlloc, void **memory, size_t n_bytes, unsigned flags)
{
  return cudaMalloc (memory, n_bytes);
}

PRETEND (cudaFreeHost, void *memory) { return cudaFree (memory); }

PRETEND (cudaMemcpyAsync,
         void               *to,
         const void         *from,
         size_t              n_bytes,
         enum cudaMemcpyKind kind,
         cudaStream_t        stream)
{
  memcpy (to, from, n_bytes);
  return cudaSuccess;
}

PRETEND (cudaMemsetAsync, void *to, int value, size_t n_bytes, cudaStream_t stream)
{
  memset (to, value, n_bytes);
  return cudaSuccess;
}

PRETEND (cudaStreamCreateWithFlags, cudaStream_t *stream, unsigned flags) { return cudaSuccess; }
PRETEND (cudaStreamDestroy, cudaStream_t stream) { return cudaSuccess; }
PRETEND (cudaStreamSynchronize, cudaStream_t stream) { return tell (runtime.synchronise); }
PRETEND (cudaEventCreate, cudaEvent_t *event) { return cudaSuccess; }
PRETEND (cudaEventDestroy, cudaEvent_t event) { return cudaSuccess; }
PRETEND (cudaEventRecord, cudaEvent_t event, cudaStream_t stream) { return cudaSuccess; }

PRETEND (cudaEventRecordWithFlags, cudaEvent_t event, cudaStream_t stream, unsigned flags)
{
  runtime.n_marks++;
  runtime.n_marks_in_graphs += flags == cudaEventRecordExternal;
  return cudaSuccess;
}

PRETEND (cudaEventElapsedTime, float *ms, cudaEvent_t from, cudaEvent_t to)
{
  *ms = 1.5f;
  return cudaSuccess;
}

PRETEND (cudaStreamBeginCapture, cudaStream_t stream, enum cudaStreamCaptureMode mode)
{
  runtime.n_captures++;
  return cudaSuccess;
}

PRETEND (cudaStreamEndCapture, cudaStream_t stream, cudaGraph_t *graph)
{
  if (runtime.end_capture != cudaSuccess)
    return tell (runtime.end_capture);
  runtime.n_live++;
  *graph = (cudaGraph_t) malloc (1);
  return cudaSuccess;
}

PRETEND (cudaGraphInstantiate, cudaGraphExec_t *exec, cudaGraph_t graph, unsigned long long flags)
{
  runtime.n_live++;
  runtime.n_instances++;
  *exec = (cudaGraphExec_t) malloc (1);
  return cudaSuccess;
}

PRETEND (cudaGraphLaunch, cudaGraphExec_t exec, cudaStream_t stream)
{
  runtime.n_launches++;
  return cudaSuccess;
}

PRETEND (cudaGraphDestroy, cudaGraph_t graph) { return cudaFree (graph); }
PRETEND (cudaGraphExecDestroy, cudaGraphExec_t exec) { return cudaFree (exec); }

SagCudaBlas *
sag_cuda_blas_new (SagStatus *status)
{
  static char blas;

  return (SagCudaBlas *) &blas;
}

void
sag_cuda_blas_free (SagCudaBlas *blas)
{
}

static void
reset (void)
{
  memset (&runtime, 0, sizeof runtime);
  runtime.n_devices = 1;
  runtime.major = 9;
}

static SagCudaDevice *
open_device (void)
{
  SagStatus      status = { 0 };
  SagCudaDevice *device = sag_cuda_open (0, &status);

  if (device == NULL)
    g_error ("%s", status.message);
  return device;
}

typedef struct
{
  unsigned n_calls;
  bool     cancelled;
} Work;

static bool
work (void *data)
{
  Work *self = data;

  self->n_calls++;
  return !self->cancelled;
}

/* Directly, recorded, replayed, replayed. */
static void
test_graph (void)
{
  SagCudaDevice *device;
  SagCudaGraph  *graph = NULL;
  Work           self = { 0 };

  reset ();
  device = open_device ();
  self.cancelled = true;
  g_assert_false (sag_cuda_graph_run (device, &graph, work, &self));
  g_assert_null (graph);
  self.cancelled = false;
  g_assert_true (sag_cuda_graph_run (device, &graph, work, &self));
  g_assert_cmpuint (runtime.n_captures, ==, 0);
  self.cancelled = true;
  g_assert_false (sag_cuda_graph_run (device, &graph, work, &self));
  g_assert_cmpuint (runtime.n_captures, ==, 1);
  g_assert_cmpuint (runtime.n_instances, ==, 0);
  self.cancelled = false;
  for (int i = 0; i < 4; i++)
    g_assert_true (sag_cuda_graph_run (device, &graph, work, &self));
  g_assert_cmpuint (self.n_calls, ==, 4);
  g_assert_cmpuint (runtime.n_captures, ==, 2);
  g_assert_cmpuint (runtime.n_instances, ==, 1);
  g_assert_cmpuint (runtime.n_launches, ==, 4);
  g_assert_cmpfloat (sag_cuda_get_ms (device), ==, 1.5f);
  sag_cuda_graph_free (device, graph);
  sag_cuda_close (device);
  g_assert_cmpuint (runtime.n_live, ==, 0);
}

static void
assert_says (const SagStatus *status, SagStatusCode code, const char *part)
{
  g_assert_cmpint (status->code, ==, code);
  if (strstr (status->message, part) == NULL)
    g_error ("\"%s\" does not say \"%s\"", status->message, part);
  g_assert_null (strchr (status->message, '\n'));
  g_assert_true (g_str_has_suffix (status->message, "."));
}

/* Work that cannot be recorded is queued each time, and nobody need know. */
static void
test_refused_graph (void)
{
  SagStatus      status = { 0 };
  SagCudaDevice *device;
  SagCudaGraph  *graph = NULL;
  Work           self = { 0 };

  reset ();
  device = open_device ();
  runtime.end_capture = cudaErrorStreamCaptureInvalidated;
  for (unsigned i = 0; i < 4; i++)
    {
      g_assert_true (sag_cuda_graph_run (device, &graph, work, &self));
      g_assert_true (sag_cuda_wait (device, &status));
      g_assert_cmpint (cudaGetLastError (), ==, cudaSuccess);
    }
  g_assert_cmpuint (self.n_calls, ==, 5); /* once more to be recorded */
  g_assert_cmpuint (runtime.n_captures, ==, 1);
  g_assert_cmpuint (runtime.n_launches, ==, 0);
  sag_cuda_graph_free (device, graph);
  sag_cuda_close (device);
  g_assert_cmpuint (runtime.n_live, ==, 0);
}

static bool
work_in_stages (void *data)
{
  SagCudaDevice *device = data;

  sag_cuda_count (device, 1, 1); /* before any stage: nobody's */
  for (int i = 0; i < 3; i++)
    {
      sag_cuda_stage (device, "%d.%d part", i, 7);
      sag_cuda_count (device, 10, 1);
      sag_cuda_count (device, 20, 2);
    }
  sag_cuda_note_library (device);
  return true;
}

/* Stages are timed only when that is wanted, in graphs by marks of their own. */
static void
test_trace (void)
{
  SagCudaDevice *device;
  SagCudaGraph  *graph = NULL;
  SagPluginStage stages[2];

  reset ();
  device = open_device ();
  g_assert_true (sag_cuda_graph_run (device, &graph, work_in_stages, device));
  g_assert_cmpint (sag_cuda_get_stages (device, stages, 2), ==, 0);
  sag_cuda_graph_free (device, graph);
  graph = NULL;
  g_assert_true (sag_cuda_trace (device, true));
  for (int i = 0; i < 3; i++)
    {
      g_assert_true (sag_cuda_graph_run (device, &graph, work_in_stages, device));
      g_assert_cmpint (sag_cuda_get_stages (device, stages, 2), ==, 3);
    }
  g_assert_cmpuint (runtime.n_marks, ==, 6);
  g_assert_cmpuint (runtime.n_marks_in_graphs, ==, 3);
  g_assert_cmpstr (stages[1].name, ==, "1.7 part");
  g_assert_cmpfloat (stages[1].n_bytes, ==, 30);
  g_assert_cmpfloat (stages[1].n_products, ==, 3);
  g_assert_cmpfloat (stages[1].ms, ==, 1.5f);
  g_assert_false (stages[1].by_library);
  g_assert_true (sag_cuda_trace (device, false));
  work_in_stages (device);
  g_assert_cmpint (sag_cuda_get_stages (device, stages, 2), ==, 0);
  sag_cuda_graph_free (device, graph);
  sag_cuda_close (device);
}

/* A refused launch is told once and forgotten; a fault stays, and nothing is queued after it. */
static void
test_errors (void)
{
  SagStatus      status = { 0 };
  SagCudaGraph  *graph = NULL;
  SagCudaDevice *device;
  Work           self = { 0 };

  reset ();
  device = open_device ();
  g_assert_false (sag_cuda_check (device, cudaErrorInvalidConfiguration, "a gate"));
  g_assert_false (sag_cuda_check (device, cudaErrorIllegalAddress, "something later"));
  g_assert_false (sag_cuda_wait (device, &status));
  assert_says (&status, SAG_STATUS_FAILED, "refused a gate");
  g_assert_true (sag_cuda_wait (device, &status));
  sag_cuda_check (device, cudaErrorLaunchOutOfResources, "a stem");
  g_assert_false (sag_cuda_wait (device, &status));
  assert_says (&status, SAG_STATUS_FAILED, "refused a stem");
  g_assert_true (sag_cuda_wait (device, &status));
  runtime.synchronise = cudaErrorIllegalAddress;
  g_assert_false (sag_cuda_wait (device, &status));
  assert_says (&status, SAG_STATUS_DEVICE_LOST, "NVIDIA Pretender stopped during a request");
  runtime.synchronise = cudaSuccess;
  g_assert_true (sag_cuda_graph_run (device, &graph, work, &self));
  g_assert_cmpuint (self.n_calls, ==, 0);
  g_assert_false (sag_cuda_wait (device, &status));
  assert_says (&status, SAG_STATUS_DEVICE_LOST, "start the program again");
  sag_cuda_close (device);
}

static void
test_no_memory (void)
{
  SagStatus      status = { 0 };
  SagCudaDevice *device;
  size_t         before;

  reset ();
  device = open_device ();
  before = sag_cuda_get_allocated (device);
  runtime.allocate = cudaErrorMemoryAllocation;
  g_assert_null (sag_cuda_alloc (device, (size_t) 500 << 20, &status));
  assert_says (&status, SAG_STATUS_OUT_OF_MEMORY, "100 MB of its 8000 MB free, but 501 MB more");
  g_assert_null (sag_cuda_alloc_pinned (device, 1000, &status));
  assert_says (&status, SAG_STATUS_OUT_OF_MEMORY, "This machine has no memory left");
  g_assert_cmpuint (sag_cuda_get_allocated (device), ==, before);
  g_assert_true (sag_cuda_wait (device, &status));
  sag_cuda_close (device);
  g_assert_null (sag_cuda_open (0, &status));
  assert_says (&status, SAG_STATUS_OUT_OF_MEMORY, "MB more are needed");
  g_assert_cmpuint (runtime.n_live, ==, 0);
}

static void
refuse_open (cudaError_t code, SagStatusCode status_code, const char *part)
{
  SagStatus status = { 0 };

  reset ();
  runtime.open = code;
  g_assert_null (sag_cuda_open (0, &status));
  assert_says (&status, status_code, part);
  g_assert_cmpuint (runtime.n_live, ==, 0);
  g_assert_cmpint (runtime.last, ==, cudaSuccess);
}

static void
test_open (void)
{
  SagStatus         status = { 0 };
  SagCudaDeviceInfo info;

  refuse_open (cudaErrorDevicesUnavailable, SAG_STATUS_FAILED, "Another process holds the GPU");
  refuse_open (cudaErrorMemoryAllocation, SAG_STATUS_OUT_OF_MEMORY, "close what else uses it");
  refuse_open (cudaErrorNoKernelImageForDevice, SAG_STATUS_UNSUPPORTED, "gpu_architectures=95");
  refuse_open (cudaErrorECCUncorrectable, SAG_STATUS_DEVICE_LOST, "stopped during starting");
  reset ();
  runtime.major = 6;
  g_assert_false (sag_cuda_probe (0, &info, &status));
  assert_says (&status, SAG_STATUS_UNSUPPORTED, "compute capability 6.5, but");
  reset ();
  g_assert_false (sag_cuda_probe (3, &info, &status));
  assert_says (&status, SAG_STATUS_INVALID, "no GPU 3");
  g_assert_cmpuint (sag_cuda_free_bytes (0), ==, (size_t) 100 << 20);
  runtime.open = cudaErrorDevicesUnavailable;
  g_assert_cmpuint (sag_cuda_free_bytes (0), ==, 0);
  g_assert_cmpint (runtime.last, ==, cudaSuccess);
  runtime.count = cudaErrorNoDevice;
  g_assert_false (sag_cuda_probe (0, &info, &status));
  assert_says (&status, SAG_STATUS_NO_DEVICE, "no GPU that it shows");
  g_assert_cmpint (runtime.last, ==, cudaSuccess);
}

static void
test_driver (void)
{
  static const char module[] =
    "NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.104.05  Sat Aug 19 01:15:15 UTC 2023\n";
  SagStatus status = { 0 };

  g_assert_cmpint (sag_cuda_parse_driver (module), ==, 535);
  g_assert_cmpint (sag_cuda_parse_driver ("580.159.03\n"), ==, 580);
  g_assert_cmpint (sag_cuda_parse_driver ("none\n"), ==, 0);
  g_assert_cmpint (sag_cuda_parse_driver (""), ==, 0);

  sag_cuda_fail_probe (cudaErrorInsufficientDriver, 0, 0, &status);
  assert_says (&status, SAG_STATUS_NO_DEVICE, "no NVIDIA driver");
  sag_cuda_fail_probe (cudaErrorInsufficientDriver, 535, 12020, &status);
  assert_says (&status, SAG_STATUS_UNSUPPORTED, "driver 535 is too old for CUDA 13 (needs 580)");
  sag_cuda_fail_probe (cudaErrorInsufficientDriver, 0, 12020, &status);
  assert_says (&status, SAG_STATUS_UNSUPPORTED, "knows CUDA 12.2 and is too old");
  sag_cuda_fail_probe (cudaErrorSystemDriverMismatch, 580, 13000, &status);
  assert_says (&status, SAG_STATUS_FAILED, "does not start");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cuda/device/graph", test_graph);
  g_test_add_func ("/cuda/device/graph/refused", test_refused_graph);
  g_test_add_func ("/cuda/device/trace", test_trace);
  g_test_add_func ("/cuda/device/errors", test_errors);
  g_test_add_func ("/cuda/device/no-memory", test_no_memory);
  g_test_add_func ("/cuda/device/open", test_open);
  g_test_add_func ("/cuda/device/driver", test_driver);
  return g_test_run ();
}
