/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/cuda/emulation/emulation.h"

#include <string.h>

#include <memory>
#include <utility>
#include <vector>

typedef std::vector<std::function<void ()>> Works;

struct SagEmulationStream
{
  Works queued;
  Works recorded;
  bool  is_recording = false;
};

struct SagEmulationGraph
{
  std::shared_ptr<const Works> works;
};

SagEmulationStream *
sag_emulation_stream_new (void)
{
  return new SagEmulationStream;
}

void
sag_emulation_stream_free (SagEmulationStream *stream)
{
  delete stream;
}

void
sag_emulation_stream_push (SagEmulationStream *stream, std::function<void ()> work)
{
  (stream->is_recording ? stream->recorded : stream->queued).push_back (std::move (work));
}

void
sag_emulation_stream_copy (SagEmulationStream *stream, void *to, const void *from, size_t n_bytes)
{
  sag_emulation_stream_push (stream, [=] () { memcpy (to, from, n_bytes); });
}

void
sag_emulation_stream_clear (SagEmulationStream *stream, void *to, size_t n_bytes)
{
  sag_emulation_stream_push (stream, [=] () { memset (to, 0, n_bytes); });
}

void
sag_emulation_stream_run (SagEmulationStream *stream)
{
  Works works = std::move (stream->queued);

  stream->queued.clear ();
  for (const auto &work : works)
    work ();
}

void
sag_emulation_stream_record (SagEmulationStream *stream)
{
  stream->is_recording = true;
}

bool
sag_emulation_stream_is_recording (const SagEmulationStream *stream)
{
  return stream->is_recording;
}

SagEmulationGraph *
sag_emulation_stream_end_record (SagEmulationStream *stream)
{
  auto works = std::make_shared<const Works> (std::move (stream->recorded));

  stream->recorded.clear ();
  stream->is_recording = false;
  return new SagEmulationGraph{ works };
}

void
sag_emulation_stream_replay (SagEmulationStream *stream, const SagEmulationGraph *graph)
{
  sag_emulation_stream_push (stream, [works = graph->works] () {
    for (const auto &work : *works)
      work ();
  });
}

void
sag_emulation_graph_free (SagEmulationGraph *graph)
{
  delete graph;
}
