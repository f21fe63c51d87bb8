export {
  type FakeCairn,
  type FakeCairnOptions,
  type FakeFault,
  type FakeRequest,
  type FakeRoute,
  startFakeCairn,
} from "./fake-cairn.ts";
