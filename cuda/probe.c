/* SPDX-License-Identifier: Apache-2.0 */
#include "cuda/device-private.h"

#include "cuda/status.h"

#include <stdio.h>
#include <string.h>

#define LEAST_DRIVER 580    /* of CUDA 13 */
#define LEAST_CAPABILITY 75 /* of the kernels, and of CUDA 13 */
#define CUDA_OF(version) (version) / 1000, (version) % 1000 / 10

/* The first line of a file that may not be there. */
static bool
read_line (const char *path, char line[256])
{
  FILE *file = fopen (path, "re");
  bool  done = file != NULL && fgets (line, 256, file) != NULL;

  if (file != NULL)
    fclose (file);
  return done;
}

int
sag_cuda_parse_driver (const char *line)
{
  const char *at = strstr (line, "Module");
  int         release = 0;

  at = at != NULL ? at : line;
  while (*at != '\0' && (*at < '0' || *at > '9'))
    at++;
  return sscanf (at, "%d", &release) == 1 ? release : 0;
}

static int
read_driver (void)
{
  char line[256];

  if (read_line ("/sys/module/nvidia/version", line) ||
      read_line ("/proc/driver/nvidia/version", line))
    return sag_cuda_parse_driver (line);
  return 0;
}

bool
sag_cuda_fail_probe (cudaError_t code, int driver, int version, SagStatus *status)
{
  if (driver == 0 && version == 0)
    return sag_cuda_fail (status, SAG_STATUS_NO_DEVICE,
                          "This machine has no NVIDIA driver; the GPU engine needs an NVIDIA GPU "
                          "with driver %d or newer.",
                          LEAST_DRIVER);
  if (code == cudaErrorInsufficientDriver && driver != 0)
    return sag_cuda_fail (
      status, SAG_STATUS_UNSUPPORTED,
      "The NVIDIA driver %d is too old for CUDA %d (needs %d); update the driver.", driver,
      CUDART_VERSION / 1000, LEAST_DRIVER);
  if (code == cudaErrorInsufficientDriver)
    return sag_cuda_fail (
      status, SAG_STATUS_UNSUPPORTED,
      "The NVIDIA driver knows CUDA %d.%d and is too old for CUDA %d (needs driver %d); update it.",
      CUDA_OF (version), CUDART_VERSION / 1000, LEAST_DRIVER);
  if (code == cudaErrorNoDevice)
    return sag_cuda_fail (status, SAG_STATUS_NO_DEVICE,
                          "There is an NVIDIA driver, but no GPU that it shows to this program; "
                          "look at \"nvidia-smi\" and at CUDA_VISIBLE_DEVICES.");
  return sag_cuda_fail (status, SAG_STATUS_FAILED,
                        "The NVIDIA driver does not start (%s); look at \"nvidia-smi\".",
                        cudaGetErrorString (code));
}

/* What cudaGetDeviceCount() said when there is nothing to use. */
static bool
fail_count (cudaError_t code, SagStatus *status)
{
  int version = 0;

  cudaGetLastError ();
  cudaDriverGetVersion (&version);
  return sag_cuda_fail_probe (code, read_driver (), version, status);
}

bool
sag_cuda_probe (int index, SagCudaDeviceInfo *info, SagStatus *status)
{
  struct cudaDeviceProp properties;
  int                   count = 0;
  cudaError_t           code = cudaGetDeviceCount (&count);

  *info = (SagCudaDeviceInfo){ .driver = 0 };
  if (code != cudaSuccess || count == 0)
    return fail_count (code != cudaSuccess ? code : cudaErrorNoDevice, status);
  if (index < 0 || index >= count)
    return sag_cuda_fail (status, SAG_STATUS_INVALID,
                          "There is no GPU %d; this machine's %d count from 0.", index, count);
  code = cudaGetDeviceProperties (&properties, index);
  if (code != cudaSuccess)
    return fail_count (code, status);
  snprintf (info->name, sizeof info->name, "%.95s", properties.name);
  info->major = properties.major;
  info->minor = properties.minor;
  info->driver = read_driver ();
  info->total_bytes = properties.totalGlobalMem;
  if (info->major * 10 + info->minor < LEAST_CAPABILITY)
    return sag_cuda_fail (status, SAG_STATUS_UNSUPPORTED,
                          "The GPU %s has compute capability %d.%d, but the GPU engine needs 7.5 "
                          "(Turing) or newer.",
                          info->name, info->major, info->minor);
  return true;
}

size_t
sag_cuda_free_bytes (int index)
{
  size_t      free_bytes = 0, total_bytes;
  cudaError_t code = cudaSetDevice (index);

  if (code == cudaSuccess)
    code = cudaFree (NULL); /* makes the context */
  if (code == cudaSuccess)
    code = cudaMemGetInfo (&free_bytes, &total_bytes);
  if (code != cudaSuccess)
    cudaGetLastError ();
  return code == cudaSuccess ? free_bytes : 0;
}

/* Those of which driver_types.h says that the process is left in an inconsistent state, and those that say that there
 * is no context any more.
 */
bool
sag_cuda_is_lasting (cudaError_t code)
{
  static const cudaError_t lasting[] = {
    cudaErrorCudartUnloading,
    cudaErrorDevicesUnavailable,
    cudaErrorNoDevice,
    cudaErrorDeviceUninitialized,
    cudaErrorECCUncorrectable,
    cudaErrorNvlinkUncorrectable,
    cudaErrorContained,
    cudaErrorIllegalAddress,
    cudaErrorLaunchTimeout,
    cudaErrorContextIsDestroyed,
    cudaErrorAssert,
    cudaErrorHardwareStackError,
    cudaErrorIllegalInstruction,
    cudaErrorMisalignedAddress,
    cudaErrorInvalidAddressSpace,
    cudaErrorInvalidPc,
    cudaErrorLaunchFailure,
    cudaErrorTensorMemoryLeak,
    cudaErrorMpsClientTerminated,
    cudaErrorExternalDevice,
    cudaErrorUnknown,
  };

  for (size_t i = 0; i < sizeof lasting / sizeof *lasting; i++)
    if (code == lasting[i])
      return true;
  return false;
}

bool
sag_cuda_fail_code (const SagCudaDevice *device,
                    cudaError_t          code,
                    const char          *what,
                    SagStatus           *status)
{
  const char *name = device->info.name;

  switch (code)
    {
    case cudaErrorMemoryAllocation:
      return sag_cuda_fail (status, SAG_STATUS_OUT_OF_MEMORY,
                            "The GPU %s has no memory left for %s; close what else uses it.", name,
                            what);
    case cudaErrorNoKernelImageForDevice:
    case cudaErrorInvalidPtx:
    case cudaErrorUnsupportedPtxVersion:
      return sag_cuda_fail (status, SAG_STATUS_UNSUPPORTED,
                            "This build of the GPU engine holds no code for the %s (compute "
                            "capability %d.%d); build it with -Dgpu_architectures=%d%d.",
                            name, device->info.major, device->info.minor, device->info.major,
                            device->info.minor);
    case cudaErrorDevicesUnavailable:
      return sag_cuda_fail (status, SAG_STATUS_FAILED,
                            "Another process holds the GPU %s for itself; end it and try again.",
                            name);
    default:
      if (!sag_cuda_is_lasting (code))
        return sag_cuda_fail (status, SAG_STATUS_FAILED, "The GPU %s refused %s (%s).", name, what,
                              cudaGetErrorString (code));
      return sag_cuda_fail (status, SAG_STATUS_DEVICE_LOST,
                            "The GPU %s stopped during %s (%s); start the program again, or use "
                            "the CPU engine.",
                            name, what, cudaGetErrorString (code));
    }
}
